// expect: runtime_error; kind: stdio
Promise.reject(new Error('late'));
