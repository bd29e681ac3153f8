package demo

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"time"
)

// certAuthority is the demonstration's own; machines trust it nowhere else.
type certAuthority struct {
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
	now   time.Time
	next  int64 // serial number
	roots *x509.CertPool
}

// newAuthority makes a certificate authority that is valid around now.
func newAuthority(now time.Time) (*certAuthority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the demonstration's certificates: %w", err)
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mxodus demo authority"},
		NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(2, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("make the demonstration's certificates: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("make the demonstration's certificates: %w", err)
	}
	a := &certAuthority{cert: cert, key: key, now: now, next: 2, roots: x509.NewCertPool()}
	a.roots.AddCert(cert)
	return a, nil
}

// issue makes a server's certificate for some names.
func (a *certAuthority) issue(names []string) (tls.Certificate, error) {
	fail := func(err error) (tls.Certificate, error) {
		return tls.Certificate{}, fmt.Errorf("make the demonstration's certificate for %s: %w", names[0], err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fail(err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(a.next), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names,
		NotBefore: a.now.AddDate(0, 0, -1), NotAfter: a.now.AddDate(2, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	a.next++
	der, err := x509.CreateCertificate(rand.Reader, leaf, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return fail(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// smtpServer is a mail server that greets, offers STARTTLS and takes no mail.
type smtpServer struct {
	name   string // in the banner
	cert   *tls.Certificate
	locked func() bool // refuses everyone with 554 when true; nil is never

	ln net.Listener
	wg sync.WaitGroup
}

// listen starts the server on a loopback port.
func (s *smtpServer) listen() error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.ln = ln
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		for {
			c, err := ln.Accept()
			if err != nil {
				return // closed
			}
			s.wg.Add(1)
			go func() {
				defer s.wg.Done()
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(15 * time.Second))
				s.talk(c)
			}()
		}
	}()
	return nil
}

func (s *smtpServer) close() {
	_ = s.ln.Close()
	s.wg.Wait()
}

func (s *smtpServer) talk(c net.Conn) {
	say := func(line string) { _, _ = fmt.Fprintf(c, "%s\r\n", line) }
	if s.locked != nil && s.locked() {
		say("554 5.7.1 Connections are accepted from Mimecast only")
		return
	}
	say("220 " + s.name + " ESMTP")
	in := bufio.NewScanner(c)
	secure := false
	for in.Scan() {
		verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(in.Text())), " ")
		switch verb {
		case "EHLO", "HELO":
			if s.cert != nil && !secure {
				say("250-" + s.name)
				say("250-STARTTLS")
			} else {
				say("250-" + s.name)
			}
			say("250 8BITMIME")
		case "STARTTLS":
			if s.cert == nil || secure {
				say("503 5.5.1 Not available")
				continue
			}
			say("220 2.0.0 Ready to start TLS")
			t := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{*s.cert}, MinVersion: tls.VersionTLS12})
			if t.Handshake() != nil {
				return
			}
			c, secure = t, true
			in = bufio.NewScanner(c)
		case "QUIT":
			say("221 2.0.0 Bye")
			return
		case "NOOP", "RSET":
			say("250 2.0.0 OK")
		default:
			say("502 5.5.1 The demonstration takes no mail")
		}
	}
}
