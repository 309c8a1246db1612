// The waiting room of an embedded console: it asks the page around for a token, then shows pages.
//
// Language, theme and columns come with the token, from whoever made it. When a token has ended,
// the reader comes back here and a new one is asked for.

import { useMantineColorScheme } from "@mantine/core";
import { IconPlugConnected } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { basePath } from "../../api/base";
import { useBearer as showToken } from "../../api/client";
import { queryClient } from "../../api/queries";
import { type EmbedView, sessionQuery } from "../../api/session";
import { ledTo } from "../../back";
import { heard, parents, tell } from "../../embedded";
import { useLocale, useT } from "../../i18n/locale";
import { paths } from "../../paths";
import { ErrorState } from "../../shell/ErrorState";
import { StateBlock } from "../../ui/StateBlock";

const THEMES = ["light", "dark", "auto"] as const;

export function EmbedPage() {
  const t = useT("embed");
  const navigate = useNavigate();
  const { setLanguage } = useLocale();
  const { setColorScheme } = useMantineColorScheme();
  const [error, setError] = useState<unknown>(null);

  const show = useCallback(
    ({ language, theme }: EmbedView) => {
      if (language === "en" || language === "zh") setLanguage(language);
      const scheme = THEMES.find((one) => one === theme);
      if (scheme) setColorScheme(scheme);
    },
    [setLanguage, setColorScheme],
  );

  useEffect(() => {
    const allowed = parents();
    const begin = async (token: string, open: string | undefined) => {
      showToken(token);
      queryClient.clear();
      const session = await queryClient.fetchQuery(sessionQuery);
      // A token that is no longer good: wait for another one.
      if (!session.signed_in) return;
      show(session.embed ?? {});
      await navigate({
        href: ledTo(open ?? paths.log, basePath, session.embed?.columns),
        replace: true,
      });
    };
    const listen = (event: MessageEvent) => {
      const said = heard(event, allowed);
      if (said?.type === "annals:token") begin(said.token, said.open).catch(setError);
    };
    window.addEventListener("message", listen);
    tell({ type: "annals:ready" });
    return () => window.removeEventListener("message", listen);
  }, [navigate, show]);

  if (error) return <ErrorState error={error} onRetry={() => window.location.reload()} />;
  return (
    <main>
      <StateBlock icon={<IconPlugConnected />} title={t.waiting}>
        {parents().length === 0 || window.parent === window ? t.nobody : t.waitingText}
      </StateBlock>
    </main>
  );
}
