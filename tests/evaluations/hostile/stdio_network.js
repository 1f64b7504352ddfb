// expect: runtime_error; family: network; kind: stdio; tests: 1
require('net').connect(80, '127.0.0.1').on('error', (e) => { throw e; });
