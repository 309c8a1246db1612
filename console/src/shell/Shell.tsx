// The frame of every page: navigation by rights, account, language and theme, banners, shortcuts.
//
// It holds no page state. A session that ends shows the sign-in page and keeps the address.

import { Drawer } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconMenu2 } from "@tabler/icons-react";
import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { type MouseEvent, Suspense, useEffect } from "react";
import { basePath } from "../api/base";
import { onSignedOut } from "../api/client";
import { queryClient } from "../api/queries";
import { sessionQuery, useSession } from "../api/session";
import { ledTo } from "../back";
import { heard, isEmbedded, parents } from "../embedded";
import { useT } from "../i18n/locale";
import { paths } from "../paths";
import { Waiting } from "../ui/Waiting";
import { Help } from "./Help";
import { NAV } from "./nav";
import { OfflineBanner } from "./OfflineBanner";
import { Rail } from "./Rail";
import classes from "./shell.module.css";
import { ShortcutsProvider, useShortcuts } from "./shortcuts";

export function Shell() {
  return (
    <ShortcutsProvider>
      <Frame />
    </ShortcutsProvider>
  );
}

function Frame() {
  const t = useT("shell");
  const session = useSession();
  const navigate = useNavigate();
  const isNarrow = useMediaQuery("(max-width: 48em)");
  const [isMenuOpen, menu] = useDisclosure(false);
  const address = useRouterState({ select: (state) => state.location.pathname });
  useLeavingWhenSignedOut();
  useBeingLed(session.signed_in ? session.embed?.columns : undefined);

  const rights = session.signed_in ? session.rights : [];
  const entries = NAV.filter((entry) => entry.right === null || rights.includes(entry.right));
  useShortcuts(
    "navigation",
    entries.map((entry) => ({
      keys: `g ${entry.key}`,
      label: (messages) => messages.nav[entry.label],
      run: () => void navigate({ to: entry.to }),
    })),
  );

  return (
    <div className={classes.shell}>
      {/* biome-ignore lint/a11y/useValidAnchor: a link to a place on this page, as skip links are */}
      <a className={classes.skip} href="#main" onClick={toMain}>
        {t.skip}
      </a>
      {isEmbedded ? null : isNarrow ? (
        <header className={`${classes.top} no-print`}>
          <button
            type="button"
            className={classes.menuButton}
            aria-label={t.menu}
            aria-expanded={isMenuOpen}
            onClick={menu.open}
          >
            <IconMenu2 size={20} />
          </button>
          <span className={classes.brandName}>Annals</span>
          <Drawer opened={isMenuOpen} onClose={menu.close} size={260} withCloseButton={false} p={0}>
            <Rail entries={entries} onNavigate={menu.close} isWide />
          </Drawer>
        </header>
      ) : (
        <Rail entries={entries} />
      )}
      <main id="main" className={classes.main} tabIndex={-1} key={address.split("/")[2] ?? ""}>
        <OfflineBanner />
        <Suspense fallback={<Waiting />}>
          <Outlet />
        </Suspense>
      </main>
      <Help />
    </div>
  );
}

/** By hand: the address of the link would be that of the <base>, another page. */
function toMain(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** Shows the sign-in page when the server says that the session has ended; back afterwards. */
function useLeavingWhenSignedOut(): void {
  const navigate = useNavigate();
  useEffect(
    () =>
      onSignedOut(() => {
        queryClient.removeQueries({ queryKey: sessionQuery.queryKey });
        if (isEmbedded) {
          void navigate({ to: paths.embed });
          return;
        }
        // Another call that was under way: the address to come back to is already kept.
        if (window.location.pathname === basePath + paths.signIn.slice(1)) return;
        const back = `${window.location.pathname}${window.location.search}`;
        void navigate({ href: `${paths.signIn}?return=${encodeURIComponent(back)}` });
      }),
    [navigate],
  );
}

/** Inside a frame, shows the pages that the page around asks for. */
function useBeingLed(columns: string[] | undefined): void {
  const navigate = useNavigate();
  useEffect(() => {
    if (!isEmbedded) return;
    const allowed = parents();
    const listen = (event: MessageEvent) => {
      const said = heard(event, allowed);
      if (said?.type !== "annals:open") return;
      void navigate({ href: ledTo(said.path, basePath, columns) });
    };
    window.addEventListener("message", listen);
    return () => window.removeEventListener("message", listen);
  }, [navigate, columns]);
}
