/** Words that stand on many pages. */
import { catalogue } from "../base/language";

export const uiWords = catalogue({
  en: {
    close: "Close",
    cancel: "Cancel",
    copy: "Copy",
    copied: "Copied",
    save: "Save",
    loading: "Loading",
    retry: "Try again",
    more: "More",
    none: "–",
    notFound: "Nothing of that name is here",
  },
  fr: {
    close: "Fermer",
    cancel: "Annuler",
    copy: "Copier",
    copied: "Copié",
    save: "Enregistrer",
    loading: "Chargement",
    retry: "Réessayer",
    more: "Plus",
    none: "–",
    notFound: "Il n'y a rien de ce nom ici",
  },
});
