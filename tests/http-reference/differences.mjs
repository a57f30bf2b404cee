// Where nginx and ASP.NET Core agree with each other and not with us, and why that stays. A case that is
// here and does not differ any more fails the test.
const LINES = 'RFC 9112, 2.2 lets a server take LF for a line end; who does not agrees with every front end.';
const NAMES = 'No token (RFC 9110, 5.1): what a front end makes of such a name is anybody\'s guess.';
const CONTROLS = 'RFC 9110, 5.5: such values are not valid; keeping them is allowed, not needed by anybody.';
const DOTS =
  'Clients remove dot segments (RFC 3986, 5.2.4). Paths that are compared as they come mean the same to us and to a proxy with rules for paths.';

export const DIFFERENCES = {
  'OPTIONS of a page': 'Answered with Allow, which browsers (preflight) and load balancers (checks) ask for.',
  'a whole URL without a path': 'Its path is / (RFC 9112, 3.2.2), where the web client is; the others have no page there.',
  'two spaces behind the target': 'RFC 9112, 3: one space; being lenient is allowed, and what smuggling is made of.',
  'a LF in front': LINES,
  'lines that end in LF': LINES,
  'a LF in a value': LINES,
  'a way up': DOTS,
  'a dot': DOTS,
  'an escaped NUL': 'A path that names nothing is 404, whatever it holds.',
  'a bracket in a name': NAMES,
  'an at in a name': NAMES,
  'a DEL in a value': CONTROLS,
  'a control in a value': CONTROLS,
  'a header over two lines': 'RFC 9112, 5.2 leaves the choice: 400, or one line with spaces in place of the fold.',
  'an expectation that nobody knows': 'RFC 9110, 10.1.1: may be answered with 417.',
};
