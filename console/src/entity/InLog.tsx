// The way from a page's head to the same events in the audit log.

import { IconSearch } from "@tabler/icons-react";
import { useT } from "../i18n/locale";
import { GoLink } from "../shell/GoLink";
import button from "../ui/button.module.css";

export function InLog({ to }: { to: string }) {
  const t = useT("entity");
  return (
    <GoLink to={to} className={button.tool}>
      <IconSearch size={15} stroke={1.7} aria-hidden />
      {t.inLog}
    </GoLink>
  );
}
