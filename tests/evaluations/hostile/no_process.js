// expect: accepted; family: introspection
function square(n) { return typeof process === 'undefined' && typeof require === 'undefined' && typeof fetch === 'undefined' ? n * n : 'found'; }
