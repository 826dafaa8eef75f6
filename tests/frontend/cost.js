const RUNS = 50; // at least one of so many is not disturbed by what else this machine does

/** Milliseconds that `work` takes when nothing disturbs it. */
export function cost(work) {
  const times = Array.from({ length: RUNS }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return Math.min(...times);
}
