/**
 * Whether the page fetches a network of models/manifest.json: its flag `page`. Manifests from before the flags had only
 * roles.
 */
export function isForPage({ role, page }: { role: string; page?: boolean }): boolean {
  return page ?? (role === 'student' || role === 'listener');
}
