// Ticks ten times a second. Timers of a page that is out of sight fire once a second, and a second of silence is absence.
setInterval(() => postMessage(0), 100);
