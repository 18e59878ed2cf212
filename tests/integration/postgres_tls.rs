//! TLS to PostgreSQL: with the feature it is used and checked, without it the build says so.

use crate::support::{Finished, TestDatabase, certificate};

fn status(url: &str) -> Finished {
    Finished::candour(&["migrate", "status"], &[("CANDOUR__DATABASE__URL", url)])
}

fn by_name(database: &TestDatabase) -> String {
    database.url().replace("127.0.0.1", "localhost")
}

#[test]
fn connections_are_encrypted_and_the_server_is_checked() {
    let database = TestDatabase::postgres();
    let root = certificate();
    let strict = format!("{}?sslmode=verify-full&sslrootcert={}", by_name(&database), root.display());
    if cfg!(feature = "postgres-tls") {
        assert!(status(&format!("{}?sslmode=require", by_name(&database))).expect(0).stdout.contains("applied"));
        status(&strict).expect(0);
        // The certificate names localhost, not the address.
        let by_address = strict.replace("localhost", "127.0.0.1");
        assert!(status(&by_address).expect(1).stderr.contains("certificate"), "the name is checked");
    } else {
        assert!(status(&strict).expect(1).stderr.contains("--features postgres-tls"));
    }
}
