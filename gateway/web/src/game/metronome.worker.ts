// Worker that ticks ten times a second. Timers of a hidden page fire once a second, and the referee takes a second of
// silence for absence.
setInterval(() => postMessage(0), 100);
