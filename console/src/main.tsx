// The console's first lines: language, theme and cache, then the routes.
//
// The language's dictionary is loaded before anything is drawn, so no text ever changes under the
// reader. The theme is put on <html> at once, without an inline script.

import "./theme/styles";
import "./theme/global.css";
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { catalogueQuery } from "./api/catalogue";
import { queryClient } from "./api/queries";
import { sessionQuery } from "./api/session";
import { firstLanguage, htmlLanguage, LocaleProvider } from "./i18n/locale";
import { loadMessages } from "./i18n/messages";
import { router } from "./routes";
import { leaveKeysToInputMethods } from "./shell/composing";
import { theme } from "./theme/theme";

const schemes = localStorageColorSchemeManager({ key: "annals.theme" });

function showScheme(): void {
  const chosen = schemes.get("auto");
  const isDark =
    chosen === "dark" || (chosen === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", isDark ? "dark" : "light");
}

function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
}

/** Asks for what every page waits for, while the page's code is still on its way. */
async function askAhead(): Promise<void> {
  await queryClient.prefetchQuery(sessionQuery);
  const session = queryClient.getQueryData(sessionQuery.queryKey);
  if (session?.signed_in) await queryClient.prefetchQuery(catalogueQuery);
}

async function start(): Promise<void> {
  leaveKeysToInputMethods();
  showScheme();
  // Mantine's dialogs hold the page still by a style of their own, made by a library below it.
  setNonce(styleNonce());
  void askAhead();
  const language = firstLanguage();
  document.documentElement.lang = htmlLanguage(language);
  const messages = await loadMessages(language);
  const root = document.getElementById("root");
  if (!root) throw new Error("the page has no #root");
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        colorSchemeManager={schemes}
        defaultColorScheme="auto"
        getStyleNonce={styleNonce}
      >
        <QueryClientProvider client={queryClient}>
          <LocaleProvider first={{ language, messages }}>
            <RouterProvider router={router} />
          </LocaleProvider>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

void start();
