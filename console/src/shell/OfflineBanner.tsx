// Says that the browser is offline, so that what is on the page is known to be old.

import { useNetwork } from "@mantine/hooks";
import { IconCloudOff } from "@tabler/icons-react";
import { useT } from "../i18n/locale";
import classes from "./shell.module.css";

export function OfflineBanner() {
  const t = useT("shell");
  const { online } = useNetwork();
  if (online) return null;
  return (
    <div className={classes.banner} role="status">
      <IconCloudOff size={16} aria-hidden /> {t.offlineBanner}
    </div>
  );
}
