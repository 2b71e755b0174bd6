// Small modules; every page works without them.
import "./focus.js";
import "./keep.js";
import "./reveal.js";
