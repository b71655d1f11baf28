"""Drivers that are not installed where the tests run: judged by their names alone."""

import MySQLdb
import psycopg
import psycopg2
import pymysql
import pyodbc


async def psycopg_two(dsn: str) -> None:
    connection = psycopg2.connect(dsn)  # error: [blocking-database-call] `psycopg2`
    with connection, connection.cursor() as cursor:
        cursor.execute("select 1")  # error: [blocking-database-call] `psycopg2`
        cursor.fetchone()
        connection.commit()  # error: [blocking-database-call]


async def psycopg_three(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:  # error: [blocking-database-call] `psycopg`
        connection.execute("select 1")  # error: [blocking-database-call]
        with connection.cursor() as cursor:
            cursor.executemany("insert into items values (%s)", [(1,)])  # error: [blocking-database-call]


async def psycopg_class(dsn: str) -> None:
    psycopg.Connection.connect(dsn).close()  # error: [blocking-database-call]


async def pymysql_connection() -> None:
    connection = pymysql.connect(host="db")  # error: [blocking-database-call] `pymysql`
    with connection.cursor() as cursor:
        cursor.execute("select 1")  # error: [blocking-database-call]
        cursor.fetchall()
    connection.ping()  # error: [blocking-database-call]


async def mysqlclient_connection() -> None:
    connection = MySQLdb.connect(host="db")  # error: [blocking-database-call] `MySQLdb`
    cursor = connection.cursor()
    cursor.execute("select 1")  # error: [blocking-database-call]
    cursor.fetchmany(2)


async def odbc_connection(dsn: str) -> None:
    connection = pyodbc.connect(dsn)  # error: [blocking-database-call] `pyodbc`
    connection.execute("select 1")  # error: [blocking-database-call]
    connection.commit()  # error: [blocking-database-call]
