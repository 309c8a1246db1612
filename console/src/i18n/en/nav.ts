// English names of the pages in the navigation.

export const nav = {
  log: "Audit log",
};
