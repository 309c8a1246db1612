// What is done most, by whom, and what is refused most.

import { useCatalogue } from "../../api/catalogue";
import { comparison } from "../../ask/edit";
import { all, REFUSED } from "../../entity/filter";
import { Panel } from "../../entity/Panel";
import { Ranking } from "../../entity/Ranking";
import { useFacets } from "../../entity/useFacets";
import { useT } from "../../i18n/locale";
import { logPath, paths } from "../../paths";
import type { Asked } from "../log/question";

const VALUES_SHOWN = 8;

export function Tops({ asked, range }: { asked: Asked; range: string }) {
  const t = useT("overview");
  const words = useT("entity");
  const catalogue = useCatalogue();
  const top = useFacets(asked.question, ["operation", "operator"], VALUES_SHOWN);
  const refused = useFacets({ ...asked.question, q: REFUSED }, ["operation"], VALUES_SHOWN);
  const operations = top.data?.facets.operation?.values ?? [];
  const users = top.data?.facets.operator?.values ?? [];
  const refusals = refused.data?.facets.operation?.values ?? [];
  return (
    <>
      <Panel
        title={t.topOperations}
        span={4}
        asking={top}
        empty={operations.length === 0 ? words.storyNone : null}
      >
        <Ranking
          label={t.topOperations}
          sayCount={words.eventsCount}
          rows={operations.map(({ value, count }) => ({
            key: value,
            label: catalogue.operation(value),
            count,
            to: logPath({ q: comparison("operation", value), range }),
          }))}
        />
      </Panel>
      <Panel
        title={t.topUsers}
        span={4}
        asking={top}
        empty={users.length === 0 ? words.storyNone : null}
      >
        <Ranking
          label={t.topUsers}
          sayCount={words.eventsCount}
          rows={users.map(({ value, count }) => ({
            key: value,
            label: value,
            count,
            page: paths.user(value),
            to: logPath({ q: comparison("operator", value), range }),
          }))}
        />
      </Panel>
      <Panel
        title={t.topRefused}
        span={4}
        asking={refused}
        empty={refusals.length === 0 ? words.refusalsNone : null}
      >
        <Ranking
          label={t.topRefused}
          sayCount={words.eventsCount}
          rows={refusals.map(({ value, count }) => ({
            key: value,
            label: catalogue.operation(value),
            count,
            tone: "failure",
            to: logPath({ q: all(REFUSED, comparison("operation", value)), range }),
          }))}
        />
      </Panel>
    </>
  );
}
