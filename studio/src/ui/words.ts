/** Words that stand on many pages. */
import { catalogue } from "../base/language";

export const uiWords = catalogue({
  en: {
    close: "Close",
    cancel: "Cancel",
    copy: "Copy",
    copied: "Copied",
    save: "Save",
    more: "More",
  },
  fr: {
    close: "Fermer",
    cancel: "Annuler",
    copy: "Copier",
    copied: "Copié",
    save: "Enregistrer",
    more: "Plus",
  },
});
