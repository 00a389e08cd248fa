/** The schema in the browser: its text, and the edits that change only the lines they mean. Pure: values in, values out. */
export {};
