// expect: runtime_error; family: files; kind: stdio
require('fs').writeFileSync('/tmp/owned', 'x');
