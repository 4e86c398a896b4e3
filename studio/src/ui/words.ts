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
    unreachable: "The server cannot be reached. It is asked again by itself.",
    notFound: "Nothing of that name is here",
    failures: {
      permission_denied: "You may not do this.",
      gone: "It was deleted.",
    } as Record<string, string>,
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
    unreachable: "Le serveur est injoignable. Une nouvelle tentative se fait d'elle-même.",
    notFound: "Il n'y a rien de ce nom ici",
    failures: {
      permission_denied: "Vous n'avez pas ce droit.",
      gone: "Cet élément a été supprimé.",
    },
  },
});
