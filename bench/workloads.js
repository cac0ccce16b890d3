// workloads.js — the same small programs in Gene, Lua and JavaScript. Each defines a function `work` without parameters;
// `expected` is what it returns, so that an engine that skips the work is caught.

export const workloads = [
  {
    name: 'fib(30)',
    expected: 832040,
    gene: `(fn fib [n] (if (n < 2) n else ((fib (n - 1)) + (fib (n - 2)))))
           (fn work [] (fib 30))`,
    lua: `function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
          function work() return fib(30) end`,
    js: `function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }
         function work() { return fib(30) }`,
  },
  {
    name: 'integer loop',
    expected: 4995004950,
    gene: `(fn work [] (var sum 0) (var i 0)
             (while (i < 10000000) (sum += (i % 1000)) (i += 1)) (sum + 4950))`,
    lua: `function work() local sum, i = 0, 0
            while i < 10000000 do sum = sum + i % 1000; i = i + 1 end return sum + 4950 end`,
    js: `function work() { let sum = 0, i = 0
           while (i < 10000000) { sum += i % 1000; i++ } return sum + 4950 }`,
  },
  {
    name: 'property access',
    expected: 6000000,
    gene: `(class Point (ctor [x y] (/x = x) (/y = y)))
           (fn work [] (var p (new Point 0 1)) (var i 0)
             (while (i < 3000000) (p/x = (p/x + p/y + p/y)) (i += 1)) p/x)`,
    lua: `function work() local p, i = { x = 0, y = 1 }, 0
            while i < 3000000 do p.x = p.x + p.y + p.y; i = i + 1 end return p.x end`,
    js: `class Point { constructor(x, y) { this.x = x; this.y = y } }
         function work() { const p = new Point(0, 1)
           for (let i = 0; i < 3000000; i++) p.x = p.x + p.y + p.y
           return p.x }`,
  },
  {
    name: 'method calls',
    expected: 3000000,
    gene: `(class Counter (ctor [] (/n = 0)) (method bump [k] (/n = (/n + k)) /n))
           (fn work [] (var c (new Counter)) (var i 0)
             (while (i < 3000000) (c .bump 1) (i += 1)) c/n)`,
    lua: `Counter = {}; Counter.__index = Counter
          function Counter:bump(k) self.n = self.n + k return self.n end
          function work() local c, i = setmetatable({ n = 0 }, Counter), 0
            while i < 3000000 do c:bump(1); i = i + 1 end return c.n end`,
    js: `class Counter { constructor() { this.n = 0 } bump(k) { this.n = this.n + k; return this.n } }
         function work() { const c = new Counter()
           for (let i = 0; i < 3000000; i++) c.bump(1)
           return c.n }`,
  },
  {
    name: 'closures',
    expected: 3000000,
    gene: `(fn adder [k] (fn [x] (x + k)))
           (fn work [] (var sum 0) (var i 0)
             (while (i < 1000000) (var add (adder 1)) (sum = (add sum)) (sum = (add (add sum))) (i += 1)) sum)`,
    lua: `function adder(k) return function(x) return x + k end end
          function work() local sum, i = 0, 0
            while i < 1000000 do local add = adder(1); sum = add(sum); sum = add(add(sum)); i = i + 1 end
            return sum end`,
    js: `function adder(k) { return (x) => x + k }
         function work() { let sum = 0
           for (let i = 0; i < 1000000; i++) { const add = adder(1); sum = add(sum); sum = add(add(sum)) }
           return sum }`,
  },
  {
    name: 'arrays',
    expected: 499999500000,
    gene: `(fn work [] (var xs []) (var i 0)
             (while (i < 1000000) (xs .push i) (i += 1))
             (var sum 0) (for x in xs (sum += x)) sum)`,
    lua: `function work() local xs = {}
            for i = 0, 999999 do xs[#xs + 1] = i end
            local sum = 0 for _, x in ipairs(xs) do sum = sum + x end return sum end`,
    js: `function work() { const xs = []
           for (let i = 0; i < 1000000; i++) xs.push(i)
           let sum = 0; for (const x of xs) sum += x
           return sum }`,
  },
  {
    name: 'strings',
    expected: 1088890,
    gene: `(fn work [] (var size 0) (var i 0)
             (while (i < 200000) (size += (#"#{i}" .size)) (i += 1)) size)`,
    lua: `function work() local size, i = 0, 0
            while i < 200000 do size = size + #tostring(i); i = i + 1 end return size end`,
    js: `function work() { let size = 0
           for (let i = 0; i < 200000; i++) size += \`\${i}\`.length
           return size }`,
  },
]
