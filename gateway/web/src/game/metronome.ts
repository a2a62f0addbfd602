// A timer that goes on while the page is out of sight: it lives in a worker.
declare const METRONOME: string;

interface Policies {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

let policy: { createScriptURL(url: string): string } | undefined;

/** Calls `beat` ten times a second until the function that it returns is called. */
export function metronome(beat: () => void): () => void {
  try {
    const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
    policy ??= policies?.createPolicy("matchpoint", {
      createScriptURL: (url) => {
        if (url !== METRONOME) throw new TypeError("not ours");
        return url;
      },
    });
    const worker = new Worker(policy?.createScriptURL(METRONOME) ?? METRONOME);
    worker.onmessage = beat;
    return () => worker.terminate();
  } catch {
    // No workers here: better a timer that may sleep than none.
    const timer = setInterval(beat, 100);
    return () => clearInterval(timer);
  }
}
