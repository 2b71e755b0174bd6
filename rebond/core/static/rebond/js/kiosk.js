// The stations' pages: read aloud, scan, sign out when nobody is there. Each page works without them.
import "./speak.js";
import "./scan.js";
import "./idle.js";
import "./price.js";
import "./offline/page.js";
