export interface PolicyOptions {
  /** Hashes of the inline scripts in the document, as `sha256-…`. */
  readonly scriptHashes: readonly string[];
  readonly apiOrigin: string;
  /** Development needs inline scripts, `eval` and a web socket for reloading. */
  readonly isDevelopment?: boolean;
}

/**
 * Strict without nonces: the pages are prerendered, so their inline scripts are known by hash. Styles may be inline:
 * React Aria positions overlays with `style` attributes.
 */
export function contentSecurityPolicy({
  scriptHashes,
  apiOrigin,
  isDevelopment = false,
}: PolicyOptions): string {
  const hashes = scriptHashes.map((hash) => `'${hash}'`);
  const directives: Record<string, readonly string[]> = {
    "default-src": ["'self'"],
    "script-src": ["'self'", ...(isDevelopment ? ["'unsafe-inline'", "'unsafe-eval'"] : hashes)],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'", apiOrigin, ...(isDevelopment ? ["ws:"] : [])],
    "worker-src": ["'self'"],
    "manifest-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(" ")}`)
    .join("; ");
}
