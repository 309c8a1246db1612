// Says to somebody who holds all three powers that nobody would find out what they do. Not for the
// wall: it is about who reads it.

import { IconAlertTriangle } from "@tabler/icons-react";
import { useRight, useSession } from "../../api/session";
import { useT } from "../../i18n/locale";
import { paths } from "../../paths";
import { GoLink } from "../../shell/GoLink";
import classes from "./overview.module.css";

export function AllPowers() {
  const t = useT("overview");
  const session = useSession();
  const mayGive = useRight("manage-accounts");
  if (!session.signed_in || !session.all_powers) return null;
  return (
    <p className={`${classes.powers} no-print`} role="note">
      <IconAlertTriangle size={16} stroke={1.7} aria-hidden />
      <span>{t.allPowers}</span>
      {mayGive ? <GoLink to={paths.accounts}>{t.givePowers}</GoLink> : null}
    </p>
  );
}
