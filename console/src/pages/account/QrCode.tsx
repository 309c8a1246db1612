// A text as a QR code, drawn as one path; nothing is fetched and no markup is made from strings.

import encodeQR from "qr";
import { useMemo } from "react";

/** Light modules around the code that scanners need (ISO/IEC 18004). */
const BORDER = 2;

export function QrCode({
  text,
  name,
  className,
}: {
  text: string;
  name: string;
  className?: string;
}) {
  const modules = useMemo(() => encodeQR(text, "raw", { ecc: "medium", border: BORDER }), [text]);
  const path = modules
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return (
    <svg className={className} viewBox={`0 0 ${modules.length} ${modules.length}`} role="img">
      <title>{name}</title>
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
