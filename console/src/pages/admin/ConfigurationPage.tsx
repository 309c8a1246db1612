// The configuration that the server runs with, as a file to read and take along; nothing is changed here.

import { useSuspenseQuery } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { useT } from "../../i18n/locale";
import { Copy } from "../../shell/Copy";
import { Page } from "../../ui/Page";

export function ConfigurationPage() {
  const t = useT("admin");
  const { data } = useSuspenseQuery({
    queryKey: ["configuration"],
    queryFn: ({ signal }) => answer(api.GET("/v1/configuration", { parseAs: "text", signal })),
  });
  return (
    <Page title={t.configuration} intro={t.configurationText}>
      <Copy name={t.configuration} text={data} />
    </Page>
  );
}
