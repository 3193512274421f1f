/** What the C library says of an error in other languages, to what it says in English: messages are known by that. */

/** German, French and Spanish of glibc 2.36 (its libc.mo), with plain quotes. */
const translations: Readonly<Record<string, readonly string[]>> = {
  'No space left on device': [
    'Auf dem Gerät ist kein Speicherplatz mehr verfügbar',
    'Aucun espace disponible sur le périphérique',
    'No queda espacio en el dispositivo',
  ],
  'No such file or directory': [
    'Datei oder Verzeichnis nicht gefunden',
    'Aucun fichier ou dossier de ce type',
    'Aucun fichier ou dossier de ce nom',
    'No existe el fichero o el directorio',
    'No existe el archivo o el directorio',
  ],
  'Permission denied': ['Keine Berechtigung', 'Permission non accordée', 'Permiso denegado'],
  'Operation not permitted': [
    'Die Operation ist nicht erlaubt',
    'Opération non permise',
    'Operación no permitida',
  ],
  'Connection refused': ['Verbindungsaufbau abgelehnt', 'Connexion refusée', 'Conexión rehusada'],
  'Connection timed out': [
    'Die Wartezeit für die Verbindung ist abgelaufen',
    "Connexion terminée par expiration du délai d'attente",
    'Expiró el tiempo de conexión',
  ],
  'Connection reset by peer': [
    'Die Verbindung wurde vom Kommunikationspartner zurückgesetzt',
    'Connexion ré-initialisée par le correspondant',
    'Conexión reinicializada por la máquina remota',
  ],
  'No route to host': [
    'Keine Route zum Zielrechner',
    "Aucun chemin d'accès pour atteindre l'hôte cible",
    "No existe ninguna ruta hasta el `host'",
  ],
  'Network is unreachable': [
    'Das Netzwerk ist nicht erreichbar',
    "Le réseau n'est pas accessible",
    'La red es inaccesible',
  ],
  'Temporary failure in name resolution': [
    'Temporärer Fehler bei der Namensauflösung',
    'Échec temporaire dans la résolution du nom',
    'Fallo temporal en la resolución del nombre',
  ],
  'Name or service not known': [
    'Der Name oder der Dienst ist nicht bekannt',
    'Nom ou service inconnu',
    'Nombre o servicio desconocido',
  ],
  'Device or resource busy': [
    'Das Gerät oder die Ressource ist belegt',
    'Périphérique ou ressource occupé',
    'Dispositivo o recurso ocupado',
  ],
  'Read-only file system': [
    'Das Dateisystem ist nur lesbar',
    'Système de fichiers accessible en lecture seulement',
    'Sistema de ficheros de sólo lectura',
  ],
  'Input/output error': ['Eingabe-/Ausgabefehler', "Erreur d'entrée/sortie", 'Error de entrada/salida'],
  'Too many open files': [
    'Zu viele offene Dateien',
    'Trop de fichiers ouverts',
    'Demasiados ficheros abiertos',
  ],
  'Cannot allocate memory': [
    'Nicht genügend Hauptspeicher verfügbar',
    'Ne peut allouer de la mémoire',
    'No se pudo asignar memoria',
  ],
  'Exec format error': [
    'Fehler im Format der Programmdatei',
    'Erreur de format pour exec()',
    'Formato de ejecutable incorrecto',
  ],
  'Disk quota exceeded': [
    'Der zugewiesene Plattenplatz (Quota) ist überschritten',
    "Débordement du quota d'espace disque",
    'Se ha excedido la cuota de disco',
  ],
};

const english = new Map(
  Object.entries(translations).flatMap(([meant, said]) => said.map((one) => [one, meant] as const)),
);
const source = [...english.keys()].map((said) => said.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
const any = new RegExp(source);
const all = new RegExp(source, 'g');

/** Whether one of them is anywhere in a text of any length, so that its lines need not be looked at one by one. */
export function hasLocalized(text: string): boolean {
  return any.test(text.replace(/[‘’]/g, "'"));
}

/** With plain quotes. */
export function inEnglish(line: string): string {
  return line.replace(all, (said) => english.get(said) ?? said);
}
