// Saved views: one's own and the shared ones. Opening one sets filter, range and columns.

import { Button, Checkbox, Popover, TextInput } from "@mantine/core";
import { IconBookmark, IconLink, IconTrash, IconUsers } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import type { components } from "../../api/__generated__/schema";
import { basePath, serverUrl } from "../../api/base";
import { answer, api } from "../../api/client";
import { backTo } from "../../back";
import { isEmbedded } from "../../embedded";
import { useT } from "../../i18n/locale";
import { ErrorState } from "../../shell/ErrorState";
import button from "../../ui/button.module.css";
import { copyText } from "../../ui/clipboard";
import classes from "./toolbar.module.css";

type View = components["schemas"]["View"];

export interface ViewsMenuProps {
  filter: string;
  range: string;
  columns: string[];
  onView: (view: View) => void;
}

const VIEWS_KEY = ["views"];

export function ViewsMenu(props: ViewsMenuProps) {
  const t = useT("log");
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="bottom-end" width={320} shadow="md">
      <Popover.Target>
        <button
          type="button"
          className={classes.tool}
          aria-label={t.views}
          title={t.views}
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        >
          <IconBookmark size={16} stroke={1.7} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.picker}>
        {isOpen ? <Views {...props} onClose={() => setIsOpen(false)} /> : null}
      </Popover.Dropdown>
    </Popover>
  );
}

function Views({ onView, onClose, ...current }: ViewsMenuProps & { onClose: () => void }) {
  const t = useT("log");
  const cache = useQueryClient();
  // Not the window's address: a frame keeps its one address whatever it shows.
  const address = useRouterState({ select: (state) => state.location.href });
  const { data, error } = useQuery({
    queryKey: VIEWS_KEY,
    queryFn: () => answer(api.GET("/v1/views")),
  });
  const remove = useMutation({
    mutationFn: (id: string) => answer(api.DELETE("/v1/views/{id}", { params: { path: { id } } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: VIEWS_KEY }),
  });
  if (error) return <ErrorState error={error} />;
  const views = data?.views ?? [];
  return (
    <>
      {views.length === 0 ? <p className={classes.none}>{t.viewsNone}</p> : null}
      <ul>
        {views.map((view) => (
          <li key={view.id}>
            <button
              type="button"
              className={`${button.row} ${classes.view}`}
              title={view.q}
              onClick={() => {
                onView(view);
                onClose();
              }}
            >
              {view.shared ? <IconUsers size={14} role="img" aria-label={t.viewsShared} /> : null}
              <span>{view.name}</span>
            </button>
            {view.mine ? (
              <button
                type="button"
                className={`${button.icon} ${classes.small}`}
                aria-label={t.viewDelete(view.name)}
                onClick={() => remove.mutate(view.id)}
              >
                <IconTrash size={14} aria-hidden />
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {/* What is saved in a frame belongs to its token and is lost with it. */}
      {isEmbedded ? null : <SaveForm {...current} />}
      <button
        type="button"
        className={classes.plain}
        onClick={() => {
          void copyText(serverUrl + backTo(address, basePath));
          onClose();
        }}
      >
        <IconLink size={14} aria-hidden /> {t.copyLink}
      </button>
    </>
  );
}

function SaveForm({
  filter,
  range,
  columns,
}: Pick<ViewsMenuProps, "filter" | "range" | "columns">) {
  const t = useT("log");
  const cache = useQueryClient();
  const [name, setName] = useState("");
  const [isShared, setIsShared] = useState(false);
  const save = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/v1/views", {
          body: { name: name.trim(), q: filter, range, columns, shared: isShared },
        }),
      ),
    onSuccess: () => {
      setName("");
      return cache.invalidateQueries({ queryKey: VIEWS_KEY });
    },
  });
  return (
    <form
      className={classes.save}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) save.mutate();
      }}
    >
      <TextInput
        label={t.viewSave}
        placeholder={t.viewName}
        maxLength={128}
        value={name}
        error={save.error?.message}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className={classes.saveRow}>
        <Checkbox
          label={t.viewShare}
          checked={isShared}
          onChange={(event) => setIsShared(event.currentTarget.checked)}
        />
        <Button type="submit" loading={save.isPending} disabled={!name.trim()}>
          {t.viewKeep}
        </Button>
      </div>
    </form>
  );
}
