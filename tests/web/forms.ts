// Forms as a page would send them.
export function form(entries: Record<string, string>): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(entries)) made.set(name, value);
  return made;
}
