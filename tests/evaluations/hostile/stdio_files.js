// expect: runtime_error; kind: stdio
console.log(require('fs').readFileSync('/etc/passwd', 'utf8'));
