-- The rows whose work asks for somebody are found without reading the others.

-- +goose Up
create index run_rows_with_work on run_rows (sheet_id, row) where work is not null;
create index collaborations_by_row on collaborations (result_sheet, result_row);
