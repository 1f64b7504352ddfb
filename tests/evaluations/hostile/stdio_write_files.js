// expect: runtime_error; kind: stdio
require('fs').writeFileSync('/tmp/owned', 'x');
