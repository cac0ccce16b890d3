// empty.js — what any Node process costs.
