// Small modules; every page works without them.
import "./focus.js";
import "./keep.js";
import "./language.js";
import "./print.js";
import "./reveal.js";
import "./strip.js";
import "./toast.js";
