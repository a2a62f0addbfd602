// Paginated lists.

interface Page<T> {
  items: readonly T[];
  next: string;
}

export interface PagedList<T> {
  items: readonly T[];
  /** There is another page. */
  more: boolean;
}

/** Fetches the first `pages` pages of a list; `ask` gets a page token, empty for the first. */
export async function fetchPages<T>(
  ask: (pageToken: string) => Promise<Page<T>>,
  pages: number,
): Promise<PagedList<T>> {
  const items: T[] = [];
  let next = "";
  for (let n = 0; n < pages; n++) {
    const page = await ask(next);
    items.push(...page.items);
    next = page.next;
    if (!next) break;
  }
  return { items, more: next !== "" };
}
