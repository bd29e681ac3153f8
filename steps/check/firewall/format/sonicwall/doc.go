// Package sonicwall reads what the command line of SonicWall firewalls prints:
// show current-config, show access-rules, show nat-policies and the objects
// they name, of SonicOS 6.2 to 8.
//
// SonicWall gives no specification of that text. What is read follows the
// E-CLI reference and administrator guides of SonicOS (Access Rules, NAT
// Policies, Address Objects) and the forms that public converters read. What
// goes beyond is left open, never guessed:
//
//   - Access rules stand per pair of zones and are looked at by priority, the
//     lowest number first; the first that fits decides. Where a priority is
//     left to the device (auto) and rules of a pair differ in what they do,
//     which comes first is not told.
//   - The destination of an access rule is that before translation, its zone
//     the one that packets leave to. Which service counts where a policy
//     changes the port is left open unless both fit.
//   - Of NAT policies the more particular comes first ("Creating NAT
//     Policies"); by their priorities where all have numbers. Where it is not
//     told which of several takes a packet, that is left open.
//   - What no rule of a pair takes is dropped from zones of security type
//     untrusted; for other pairs the rules that the device adds itself decide,
//     and where the text does not hold them that is left open.
//
// A settings file (.exp) is a packed list of numbered fields without a public
// specification. It is recognised and leaves everything open, with the way to
// the text that is read.
package sonicwall
