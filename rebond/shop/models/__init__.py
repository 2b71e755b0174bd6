from rebond.shop.models.address import SavedAddress
from rebond.shop.models.alert import Alert, AlertHit
from rebond.shop.models.arrival import CheckPhoto, ReturnCheck, ReturnLoss
from rebond.shop.models.basket import Basket, BasketLine
from rebond.shop.models.by_hand import BankLine, SellerPayOption, Statement
from rebond.shop.models.change import PartRequest
from rebond.shop.models.conversation import Attachment, Conversation, Message, Repair, Settlement
from rebond.shop.models.dispute import Dispute, DisputeAnswer, DisputeProof, DisputeShare
from rebond.shop.models.favourite import Favourite
from rebond.shop.models.gift_card import GiftCard, GiftIssuer, GiftSpend
from rebond.shop.models.later import LaterLine
from rebond.shop.models.notice import Notice
from rebond.shop.models.order import Order, OrderLine, SellerOrder
from rebond.shop.models.parcel import OrderParcel
from rebond.shop.models.payment import Payment, PaymentEvent, Refund, RefundLine, TrialCharge
from rebond.shop.models.provider import ProviderMessage, ProviderPayment
from rebond.shop.models.quality import QualityAlert, QualityCause, QualityDay
from rebond.shop.models.rating import Rating, RatingAsked
from rebond.shop.models.reconciliation import Reconciliation, ReconciliationGap
from rebond.shop.models.removal import CommentRemoval
from rebond.shop.models.seller_account import ProviderTransfer, SellerAccount, TransferReversal
from rebond.shop.models.slot import Agenda, AgendaWindow, Appointment, Slot
from rebond.shop.models.solidarity import RoundUp, SolidarityProject
from rebond.shop.models.stray import StrayParcel, StrayPhoto
from rebond.shop.models.terms import TermsDraft, TermsVersion
from rebond.shop.models.voucher import Voucher, VoucherUse
from rebond.shop.models.withdrawal import Return, ReturnLine, Withdrawal, WithdrawnLine

__all__ = [
    "Agenda",
    "AgendaWindow",
    "Alert",
    "AlertHit",
    "Appointment",
    "Attachment",
    "BankLine",
    "Basket",
    "BasketLine",
    "CheckPhoto",
    "CommentRemoval",
    "Conversation",
    "Dispute",
    "DisputeAnswer",
    "DisputeProof",
    "DisputeShare",
    "Favourite",
    "GiftCard",
    "GiftIssuer",
    "GiftSpend",
    "LaterLine",
    "Message",
    "Notice",
    "Order",
    "OrderLine",
    "OrderParcel",
    "PartRequest",
    "Payment",
    "PaymentEvent",
    "ProviderMessage",
    "ProviderPayment",
    "ProviderTransfer",
    "QualityAlert",
    "QualityCause",
    "QualityDay",
    "Rating",
    "RatingAsked",
    "Reconciliation",
    "ReconciliationGap",
    "Refund",
    "RefundLine",
    "Repair",
    "Return",
    "ReturnCheck",
    "ReturnLine",
    "ReturnLoss",
    "RoundUp",
    "SavedAddress",
    "SellerAccount",
    "SellerOrder",
    "SellerPayOption",
    "Settlement",
    "Slot",
    "SolidarityProject",
    "Statement",
    "StrayParcel",
    "StrayPhoto",
    "TermsDraft",
    "TermsVersion",
    "TransferReversal",
    "TrialCharge",
    "Voucher",
    "VoucherUse",
    "Withdrawal",
    "WithdrawnLine",
]
