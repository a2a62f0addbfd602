// What a browser keeps for this page. Where it may keep nothing, memory stands in until the page goes.
class Kept {
  readonly #storage: () => Storage;
  #memory = new Map<string, string>();

  constructor(storage: () => Storage) {
    this.#storage = storage;
  }

  get(key: string): string | null {
    try {
      return this.#storage().getItem(key);
    } catch {
      return this.#memory.get(key) ?? null;
    }
  }

  set(key: string, value: string): void {
    try {
      this.#storage().setItem(key, value);
    } catch {
      this.#memory.set(key, value);
    }
  }

  drop(key: string): void {
    try {
      this.#storage().removeItem(key);
    } catch {
      this.#memory.delete(key);
    }
  }

  /** Drops all of it. */
  clear(): void {
    try {
      this.#storage().clear();
    } catch {
      this.#memory.clear();
    }
  }
}

/** For all tabs of this browser, for good. */
export const forBrowser = new Kept(() => localStorage);
/** For this tab, as long as it is open. */
export const forTab = new Kept(() => sessionStorage);
