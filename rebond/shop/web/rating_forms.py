"""Forms of opinions: the buyer's, the seller's reply, the report of a comment and what follows it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.shop.enums import COMMENT_DECISIONS, COMMENT_REASONS
from rebond.shop.models.rating import BEST
from rebond.shop.web.forms import DecisionForm, NoticeForm

SCORES = [(n, str(n)) for n in range(BEST + 1)]


class ScoreForm(forms.Form):
    """The one question, as the page of an order asks it."""

    score = forms.TypedChoiceField(
        label=_("From 0 to 10, how did this purchase go?"),
        choices=SCORES,
        coerce=int,
        error_messages={"required": _("Choose a note from 0 to 10.")},
    )


class RatingForm(ScoreForm):
    comment = forms.CharField(
        label=_("A word for the team and for other buyers"),
        help_text=_("Up to you. It is published: leave out names, addresses and telephone numbers."),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    is_signed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, byline: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if byline:
            self.fields["is_signed"].label = _("Sign it “%(name)s”. Else: an identified buyer.") % {"name": byline}
        else:
            del self.fields["is_signed"]


class ReplyForm(forms.Form):
    reply = forms.CharField(
        label=_("Your public reply"),
        help_text=_("One only, and it stays. Say nothing that tells who the buyer is."),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class CommentNoticeForm(NoticeForm):
    """A report of an opinion: it has neither photo nor description."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [(reason.value, reason.label) for reason in COMMENT_REASONS]  # type: ignore[attr-defined]
        self.fields["explanation"].help_text = _("The words that are wrong, and why.")


class CommentDecisionForm(DecisionForm):
    """The moderator's decision on an opinion: its words only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = list(COMMENT_DECISIONS.items())  # type: ignore[attr-defined]


class ContestForm(forms.Form):
    text = forms.CharField(
        label=_("Why should the decision change?"),
        min_length=10,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class ContestAnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Answer"),
        choices=[("upheld", _("The comment is shown again")), ("dismissed", _("It stays withdrawn"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Reasons, for the author"), min_length=10, max_length=4_000, widget=forms.Textarea(attrs={"rows": 5})
    )
