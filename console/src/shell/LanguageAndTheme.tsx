// Language and theme where there is no account menu yet.

import { SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { useLocale, useT } from "../i18n/locale";
import { LANGUAGES, type Language } from "../i18n/messages";
import classes from "./shell.module.css";

export function LanguageAndTheme() {
  const t = useT("shell");
  const { language, setLanguage } = useLocale();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className={classes.choices}>
      <SegmentedControl
        aria-label={t.language}
        value={language}
        onChange={(value) => setLanguage(value as Language)}
        data={LANGUAGES.map(({ code, name }) => ({ value: code, label: name }))}
      />
      <SegmentedControl
        aria-label={t.theme}
        value={colorScheme}
        onChange={(value) => setColorScheme(value as typeof colorScheme)}
        data={[
          { value: "auto", label: t.themeAuto },
          { value: "light", label: t.themeLight },
          { value: "dark", label: t.themeDark },
        ]}
      />
    </div>
  );
}
