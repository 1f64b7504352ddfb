// expect: runtime_error; family: introspection; tests: 1
async function square(n) { const fs = await import('fs'); return fs.readFileSync('/etc/passwd', 'utf8'); }
