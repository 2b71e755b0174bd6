// The shop's small modules; every page works without them.
import "./me.js";
import "./filters.js";
import "./suggest.js";
