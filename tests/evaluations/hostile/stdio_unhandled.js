// expect: runtime_error; family: crash; kind: stdio
Promise.reject(new Error('late'));
