// Where the server is: the page's own origin and base path, as its <base> says.

const href = typeof document === "undefined" ? "http://localhost/" : document.baseURI;

/** The base path with slashes at both ends: `/`, or `/portal/audit/`. */
export const basePath = new URL(".", href).pathname;

/** The address of the server without a final slash; paths of the API begin with one. */
export const serverUrl = new URL(".", href).href.replace(/\/$/, "");
