//! Lane: a connection that writes, one transaction after the other.

use crate::store::Error;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqliteTransaction};

/// A writing connection that is replaced when a failure left it in the middle of a transaction.
pub(super) struct Lane {
    options: SqliteConnectOptions,
    pub(super) connection: SqliteConnection,
    /// its last transaction was committed
    pub(super) whole: bool,
}

impl Lane {
    pub(super) async fn open(options: SqliteConnectOptions) -> Result<Lane, Error> {
        let connection = options.connect().await?;
        Ok(Lane { options, connection, whole: true })
    }

    pub(super) async fn begin(&mut self) -> Result<SqliteTransaction<'_>, Error> {
        // After a commit there is nothing to wait for. A failed or cancelled transaction rolls itself back; the ping waits for that. SQLite itself rolls back on
        // a full disk, the driver does not notice, and such a connection can never begin again.
        let usable = self.whole || self.connection.ping().await.is_ok() && !self.connection.is_in_transaction();
        self.whole = false;
        if !usable {
            self.connection = self.options.connect().await?;
        }
        Ok(self.connection.begin_with("begin immediate").await?)
    }
}
