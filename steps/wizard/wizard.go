// Package wizard is the one way the faces of mxodus (screen, plain, commands)
// work on a move: it joins repository, plan, questions, guidance and checks,
// so that the same acts leave the same record whichever face was used.
package wizard
