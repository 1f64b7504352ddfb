// expect: runtime_error; family: files; kind: stdio
console.log(require('fs').readFileSync('/etc/passwd', 'utf8'));
